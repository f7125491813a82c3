import type { Command } from 'commander';
import type { Cli } from '../cli.js';
export function addWatch(_parent: Command, _cli: Cli): void {}
