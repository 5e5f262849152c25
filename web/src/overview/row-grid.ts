/** The columns of a series row; the heading and its rows share them. */
export const ROW_GRID =
  'grid items-center gap-x-3 sm:gap-x-5 grid-cols-[minmax(0,1fr)_3.5rem_5.5rem] sm:grid-cols-[minmax(0,1fr)_8rem_7.5rem] ' +
  'md:grid-cols-[minmax(0,1fr)_12rem_7.5rem] lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_7.5rem_11rem_8rem]';
