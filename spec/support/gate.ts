export { type Gate, gate } from '../../src/testing/conformance/gate.js';
