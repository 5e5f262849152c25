/** What stands behind `#` of a link: it reaches no server and no log. */
export const linkText = (): string => decodeURIComponent(location.hash.slice(1));
