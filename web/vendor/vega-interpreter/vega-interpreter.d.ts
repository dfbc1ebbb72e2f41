export const expressionInterpreter: unknown;
