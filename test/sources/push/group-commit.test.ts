import { expect, test } from 'vitest';
import { Delivery } from '../../../src/sources/push/delivery.ts';
import { GroupCommit } from '../../../src/sources/push/group-commit.ts';
import { Tally } from '../../../src/sources/push/report.ts';
import type { Org } from '../../../src/store/catalog.ts';

const org = (number: number): Org => ({ number, id: `org-${number}`, name: '' });

const delivery = (of: Org, values: number): Delivery => {
  const part = { fields: [], samples: values, values, fieldsOfLine: new Map() };
  return new Delivery(of, part, new Tally(), 0, undefined);
};

/** Who landed together, in the order of the transactions: the org, and the places of its deliveries. */
async function landed(deliveries: readonly Delivery[], breaks?: Delivery) {
  const groups: [number, number[]][] = [];
  const commits = new GroupCommit(async (of, group) => {
    expect(group.every((one) => one.org === of)).toBe(true);
    groups.push([of.number, group.map((one) => deliveries.indexOf(one))]);
    if (breaks && group.includes(breaks)) throw new Error('it breaks the transaction');
  });
  const settled = await Promise.allSettled(deliveries.map((one) => commits.land(one)));
  return { groups, states: settled.map(({ status }) => status) };
}

test('what comes together is landed by org, and who waits longest is next', async () => {
  const [one, two, three] = [org(1), org(2), org(3)];
  const { groups } = await landed([two, one, two, three, one, two].map((of) => delivery(of, 1)));
  expect(groups).toEqual([
    [2, [0, 2, 5]],
    [1, [1, 4]],
    [3, [3]],
  ]);
});

test('a full transaction takes nothing more of its org, so that parts keep their order', async () => {
  const [one, two] = [org(1), org(2)];
  const { groups } = await landed([
    delivery(one, 60_000),
    delivery(two, 50_000),
    delivery(one, 60_000),
    delivery(one, 1),
    delivery(two, 50_000),
  ]);
  expect(groups).toEqual([
    [1, [0]],
    [2, [1, 4]],
    [1, [2, 3]],
  ]);
});

test('what breaks the transaction of one org falls alone', async () => {
  const [one, two] = [org(1), org(2)];
  const deliveries = [delivery(one, 1), delivery(two, 1), delivery(one, 1), delivery(two, 1)];
  const { states } = await landed(deliveries, deliveries[0]);
  expect(states).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
