/** Stands where a token of the scope `ingest` belongs. */
const TOKEN = 'varve_…';

const authorization = (withToken: boolean): string => (withToken ? ` \\\n  -H 'authorization: Bearer ${TOKEN}'` : '');

/** Lines to copy into a terminal, for the address this page was served from; `withToken` when accounts are on. */
export const curlLine = (origin: string, withToken: boolean): string =>
  `curl '${origin}/api/samples?device=greenhouse'${authorization(withToken)} \\
  -H 'content-type: application/json' \\
  -d '{"temperature": 21.4, "humidity": 48}'`;

export const influxLine = (origin: string, withToken: boolean): string =>
  `curl '${origin}/api/samples?device=greenhouse'${authorization(withToken)} \\
  -H 'content-type: text/plain' \\
  -d 'climate temperature=21.4,humidity=48'`;

/** A section of telegraf.conf. */
export const telegrafOutput = (origin: string, withToken: boolean): string =>
  `[[outputs.influxdb_v2]]
  urls = ["${origin}"]
  token = "${withToken ? TOKEN : 'unused'}"
  organization = "default"
  bucket = "default"`;
