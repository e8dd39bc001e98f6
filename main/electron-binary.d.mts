export type FoundElectron = { readonly binary: string } | { readonly missing: string }

export function findElectron(
  root: string,
  where?: { readonly env?: NodeJS.ProcessEnv; readonly platform?: NodeJS.Platform },
): FoundElectron
