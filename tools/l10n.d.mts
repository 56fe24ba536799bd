export function collectStrings(): string[];
