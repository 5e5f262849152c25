import { DAY, HOUR, type Instant, MINUTE, toIso } from '../../domain/time.ts';

/** A made-up streaming platform: what it shows at an instant depends on nothing but these numbers and the instant. */
export interface SimulatedPlatform {
  readonly seed: number;
  /** Streams that are live at a time, on average. */
  readonly streams: number;
}

/** Of all places for a stream about this part is taken, more in the evening (UTC), fewer in the morning. */
const MEAN_TAKEN = 0.72;
const DAILY_SWING = 0.25;
const WORDS =
  'amber basalt cedar delta ember fjord glacier harbor iris juniper kelp lagoon marble nectar opal pebble'.split(' ');
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** One snapshot of the platform as JSON text, labelled as simulated, with rows like those of a real platform. */
export function snapshotText({ seed, streams }: SimulatedPlatform, at: Instant): string {
  const places = Math.round(streams / MEAN_TAKEN);
  const minute = Math.floor(at / MINUTE);
  const rhythm = rhythmAt(at);
  const rows: string[] = [];
  for (let place = 0; place < places; place++) {
    const period = 2 * HOUR + Math.floor(chance(seed, place, 1) * 7 * HOUR);
    const shifted = at + Math.floor(chance(seed, place, 2) * period);
    const broadcast = Math.floor(shifted / period);
    const elapsed = (shifted - broadcast * period) / period;
    const length = 0.6 + 0.4 * chance(seed, place, broadcast);
    if (elapsed > length || chance(seed, place, broadcast + 1) > MEAN_TAKEN * rhythm + 0.18) continue;
    const stream = streamOf(seed, place, broadcast, at - Math.floor(elapsed * period));
    const arriving = Math.min(1, elapsed * 12, (length - elapsed) * 20 + 0.2);
    const wobble = 0.85 + 0.3 * chance(seed, place, minute + 7);
    const viewers = Math.round(stream.popularity * rhythm * arriving * wobble);
    const marketCap = (stream.popularity * 143.7 * (0.9 + 0.2 * chance(seed, place, minute + 8))).toFixed(6);
    rows.push(`${stream.row}"num_participants":${viewers},"usd_market_cap":${Number(marketCap)}}`);
  }
  return `{"simulated":true,"at":"${toIso(at)}","streams":[${rows.join(',')}]}`;
}

/** Between about 0.75 and 1.25: lowest at 5, highest at 20 o'clock UTC, a little more at weekends. */
function rhythmAt(at: Instant): number {
  const hour = (at % DAY) / HOUR;
  const weekday = Math.floor(at / DAY + 4) % 7;
  const evening = Math.sin(((hour - 13) / 24) * 2 * Math.PI);
  return 1 + DAILY_SWING * evening * (1 - 0.2 * Math.cos((hour / 12) * Math.PI)) + (weekday % 6 === 0 ? 0.06 : 0);
}

interface Stream {
  /** The row's text up to the fields that change. */
  readonly row: string;
  readonly popularity: number;
}

const streams = new Map<string, Stream>();
const STREAMS_KEPT = 2_000;

function streamOf(seed: number, place: number, broadcast: number, createdAt: Instant): Stream {
  const key = `${seed} ${place} ${broadcast}`;
  const known = streams.get(key);
  if (known) return known;
  if (streams.size >= STREAMS_KEPT) streams.delete(streams.keys().next().value as string);
  const random = (salt: number) => chance(seed, place * 31 + salt, broadcast);
  const pick = (salt: number) => WORDS[Math.floor(random(salt) * WORDS.length)] as string;
  let mint = '';
  for (let index = 0; index < 40; index++) mint += ALPHABET[Math.floor(random(100 + index) * ALPHABET.length)];
  const [first, second] = [pick(11), pick(12)];
  const image = Math.floor(random(14) * 9e6 + 1e6);
  const fields = {
    mint: `${mint}demo`,
    name: `${first} ${second}`,
    symbol: (first.slice(0, 3) + second.slice(0, 3)).toUpperCase(),
    created_timestamp: createdAt,
    is_currently_live: true,
    nsfw: false,
    livestream_title: '',
    thumbnail: `https://thumbnails.example/${image}.jpeg`,
  };
  // A few streams draw most of the viewers, as everywhere.
  const stream = { row: `${JSON.stringify(fields).slice(0, -1)},`, popularity: 4 + 9 / (random(15) + 0.004) ** 0.9 };
  streams.set(key, stream);
  return stream;
}

/** A number in [0, 1) that looks random and depends on its arguments alone: the finalizer of MurmurHash3. */
export function chance(seed: number, place: number, time: number): number {
  let hash =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(place + 1, 0xc2b2ae35) ^ Math.imul(time + 1, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
