export { eventually } from '../../src/testing/conformance/eventually.js';
