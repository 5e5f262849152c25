import type { Api, Services } from '../../api.ts';
import { linkRoutes } from './links.ts';
import { memberRoutes } from './members.ts';
import { orgRoutes } from './orgs.ts';
import { providerRoutes } from './providers.ts';
import { sessionRoutes } from './session.ts';
import { tokenRoutes } from './tokens.ts';

/** Everything about accounts. */
export function accountRoutes(api: Api, services: Services): void {
  sessionRoutes(api, services);
  linkRoutes(api, services);
  memberRoutes(api, services);
  tokenRoutes(api, services);
  orgRoutes(api, services);
  providerRoutes(api, services);
}
