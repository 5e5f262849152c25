import type { ConfigurationBody } from '../api/bodies.ts';

export function SettingsTable({ settings }: { readonly settings: ConfigurationBody['settings'] }) {
  return (
    <div className="mt-4 overflow-clip rounded-lg border border-line bg-panel">
      <table className="w-full table-fixed text-sm">
        <thead className="text-left text-xs text-ink-3">
          <tr className="border-b border-line">
            <th scope="col" className="w-[38%] px-4 py-2 font-normal sm:w-[30%]">
              setting
            </th>
            <th scope="col" className="px-2 py-2 font-normal">
              value
            </th>
            <th scope="col" className="w-28 px-3 py-2 text-right font-normal">
              from
            </th>
          </tr>
        </thead>
        <tbody>
          {settings.map(({ name, value, from }) => (
            <tr key={name} className="border-b border-line align-top last:border-0">
              <th scope="row" className="px-4 py-1.5 text-left font-mono text-xs leading-5 font-normal wrap-anywhere">
                {name}
              </th>
              <td className="px-2 py-1.5 font-mono text-xs leading-5 text-ink-2 wrap-anywhere">{value || '–'}</td>
              <td
                className={`px-3 py-1.5 text-right text-xs leading-5 ${from === 'default' ? 'text-ink-3' : 'text-ink'}`}
              >
                {from}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
