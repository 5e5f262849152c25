import {
  canonicalLabels,
  type Labels,
  nameProblem,
  type SeriesDescription,
  type SeriesKind,
} from '../../domain/series.ts';
import { Device } from './device.ts';

/** One field of a channel, and the series that it makes. */
export interface Field {
  readonly name: string;
  /** A title, unit or kind may be learned later. */
  description: SeriesDescription;
  /** Public id of its series, once the store was asked. */
  id: string | undefined;
  /** The store has it: it need not be asked for again. */
  isStored: boolean;
}

/** Fields remembered of a channel: a sender may make up names without an end, whose samples are all refused. */
const FIELDS_KEPT = 10_000;

/** What one sender measures together: a device, a metric and labels. */
export class Channel {
  readonly device: Device;
  /** Empty when the fields are named by nothing but themselves. */
  readonly metric: string;
  /** With the device's own. */
  readonly labels: Labels;
  /** Equal text, equal channel. */
  readonly key: string;
  readonly fields = new Map<string, Field>();

  constructor(device: Device, metric: string, labels: Labels) {
    this.device = device;
    this.metric = metric;
    this.labels = labels;
    this.key = `${metric} ${canonicalLabels(labels)}`;
  }

  /** The field of a name; a text says why its series cannot be named so. */
  field(name: string): Field | string {
    const known = this.fields.get(name);
    if (known) return known;
    const metric = seriesMetric(this.metric, name);
    const problem = nameProblem(metric, this.labels);
    if (problem !== undefined) return problem;
    const description = { metric, labels: this.labels, kind: 'gauge' as SeriesKind, unit: '', title: '' };
    const field: Field = { name, description, id: undefined, isStored: false };
    if (this.fields.size >= FIELDS_KEPT) this.fields.delete(this.fields.keys().next().value as string);
    this.fields.set(name, field);
    return field;
  }
}

/** The metric of a field's series: `metric.field`; the field `value` is the metric itself; without a metric the field's name is it. */
export function seriesMetric(metric: string, field: string): string {
  if (metric === '') return field;
  return field === 'value' ? metric : `${metric}.${field}`;
}

/** What a sample without a name of its sender came from. */
const UNNAMED = 'push';
/** Channels that are kept at once. */
export const CHANNELS_LIMIT = 50_000;

/** The channels that were seen of one org, kept across requests so that a sample costs no look into the store. The oldest go first. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #devices = new Map<string, Device>();

  get size(): number {
    return this.#channels.size;
  }

  /**
   * The channel of a sample's labels; a text says why there can be none. The sender is `device` where given, else the label `device`, else
   * `host`, else `push`.
   */
  find(device: string | undefined, metric: string, labels: Labels): Channel | string {
    const name = device ?? labels.device ?? labels.host ?? UNNAMED;
    if (name.length === 0 || name.length > 200) return 'the name of a device has 1 to 200 characters';
    const all = withDevice(labels, name);
    const key = `${metric} ${canonicalLabels(all)}`;
    const known = this.#channels.get(key);
    if (known) return known;
    const problem = nameProblem(metric === '' ? 'value' : metric, all);
    if (problem !== undefined) return problem;
    const channel = new Channel(this.#device(name), metric, all);
    if (this.#channels.size >= CHANNELS_LIMIT) this.#channels.delete(this.#channels.keys().next().value as string);
    this.#channels.set(key, channel);
    return channel;
  }

  #device(name: string): Device {
    const known = this.#devices.get(name) ?? new Device(name);
    // A device that was dropped while a request still holds it is made anew: both learn the same from the store.
    if (this.#devices.size >= CHANNELS_LIMIT) this.#devices.delete(this.#devices.keys().next().value as string);
    this.#devices.set(name, known);
    return known;
  }
}

/** Labels with the name of the sender; what else was called `device` goes on as `device_tag`, so that two things do not become one series. */
function withDevice(labels: Labels, name: string): Labels {
  const { device, ...others } = labels;
  if (device === name) return labels;
  return { ...others, ...(device === undefined ? {} : { device_tag: device }), device: name };
}

/** A measurement or field name of another system in the characters of ours: others become `_`. */
export function mappedMetric(name: string): string {
  const mapped = name.replace(/[^a-zA-Z0-9_.:/-]/gu, '_');
  return /^[a-zA-Z_]/.test(mapped) ? mapped : `_${mapped}`;
}

/** The same for names of labels. */
export function mappedLabel(name: string): string {
  const mapped = name.replace(/[^a-zA-Z0-9_.-]/gu, '_');
  return /^[a-zA-Z_]/.test(mapped) ? mapped : `_${mapped}`;
}
