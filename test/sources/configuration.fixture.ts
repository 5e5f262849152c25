/** A configuration file as people write it. */
export default {
  archives: [
    {
      name: 'own',
      key: '{yyyy}/{MM}/{dd}/{HH}{mm}.json',
      extract: (snapshot: { temperature: number }) => [
        { metric: 'temperature', unit: '°C', value: snapshot.temperature },
      ],
    },
    {
      name: 'stuck',
      key: '{yyyy}/{MM}/{dd}/{HH}{mm}.json',
      extract: () => {
        throw new Error('this sensor is not known');
      },
    },
  ],
};
