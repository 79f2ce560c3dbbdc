/** Pages quote as the outputs do. */
export { type Quote, quoteAround, strongest } from '../outputs/quote.js';
