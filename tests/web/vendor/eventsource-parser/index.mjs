export { ParseError } from './errors.mjs';
export { createParser } from './parse.mjs';
