import process from 'node:process';
import { defineConfig } from 'varve';

const key = '{yyyy}/{MM}/{dd}/{HH}{mm}.json';

/** A configuration file as people write it, and as they should not. */
export default defineConfig({
  archives: [
    {
      name: 'own',
      key,
      extract: (snapshot) => [
        { metric: 'temperature', unit: '°C', value: (snapshot as { temperature: number }).temperature },
      ],
    },
    {
      name: 'broken',
      key,
      extract: () => {
        throw new Error('this sensor is not known');
      },
    },
    { name: 'deadly', key, extract: () => process.exit(3) },
  ],
});
