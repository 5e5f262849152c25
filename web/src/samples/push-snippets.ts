/** Lines to copy into a terminal, for the address this page was served from. */
export const curlLine = (origin: string): string =>
  `curl '${origin}/api/samples?device=greenhouse' \\
  -H 'content-type: application/json' \\
  -d '{"temperature": 21.4, "humidity": 48}'`;

export const influxLine = (origin: string): string =>
  `curl '${origin}/api/samples?device=greenhouse' \\
  -H 'content-type: text/plain' \\
  -d 'climate temperature=21.4,humidity=48'`;

/** A section of telegraf.conf. */
export const telegrafOutput = (origin: string): string =>
  `[[outputs.influxdb_v2]]
  urls = ["${origin}"]
  token = "unused"
  organization = "default"
  bucket = "default"`;
