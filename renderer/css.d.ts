/** Style sheets are imported for their effect only; the build puts them into one file. */
declare module '*.css';
