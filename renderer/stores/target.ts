/** Where turns can be sent: a backend, and there a model or whatever the client asks for. */
export interface Target {
  readonly backend: string
  readonly model?: string | undefined
}
