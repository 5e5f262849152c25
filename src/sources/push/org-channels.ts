import type { Org } from '../../store/catalog.ts';
import { CHANNELS_LIMIT, Channels } from './channels.ts';

/** Orgs whose channels are kept, however few they are. */
const MOST_ORGS = 1_000;

/**
 * The channels that were seen of each org: a name that two orgs use is a device and series of each. Those of orgs that have not pushed for longest are
 * forgotten when there are many; whoever still holds them learns the same from the store as those made anew.
 */
export class OrgChannels {
  readonly #channels = new Map<number, Channels>();

  of({ number }: Org): Channels {
    const channels = this.#channels.get(number) ?? new Channels();
    // The last that was used stands last.
    this.#channels.delete(number);
    this.#channels.set(number, channels);
    let size = 0;
    for (const one of this.#channels.values()) size += one.size;
    for (const [org, { size: dropped }] of this.#channels) {
      if (org === number || (size <= CHANNELS_LIMIT && this.#channels.size <= MOST_ORGS)) break;
      this.#channels.delete(org);
      size -= dropped;
    }
    return channels;
  }
}
