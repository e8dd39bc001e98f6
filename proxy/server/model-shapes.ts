import type { ListedModel } from './models.ts'

/** How an API shows models: one, and the list of all. */
export interface ModelShape {
  readonly one: (model: ListedModel) => unknown
  readonly list: (models: readonly ListedModel[]) => unknown
}

/** OpenAI's (`GET /v1/models`); what we don't know of a model (when it was made) is zero. */
export const openaiModels: ModelShape = {
  one: openaiModel,
  list: models => ({ object: 'list', data: models.map(openaiModel) }),
}

/** Anthropic's (`GET /v1/models` with an `anthropic-version`), on one page. */
export const anthropicModels: ModelShape = {
  one: anthropicModel,
  list: models => ({
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
}

/** Gemini's (`GET /v1beta/models`), on one page. */
export const geminiModels: ModelShape = {
  one: geminiModel,
  list: models => ({ models: models.map(geminiModel) }),
}

/** OpenAI tells no limits; these names are those that other servers of its API have for them. */
function openaiModel({ id, backend, facts }: ListedModel) {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: backend,
    context_window: facts?.contextWindow,
    max_output_tokens: facts?.maxOutput,
  }
}

function anthropicModel({ id, facts }: ListedModel) {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: '1970-01-01T00:00:00Z',
    max_input_tokens: facts?.contextWindow,
    max_tokens: facts?.maxOutput,
  }
}

function geminiModel({ id, model, facts }: ListedModel) {
  return {
    name: `models/${id}`,
    baseModelId: model,
    version: '',
    displayName: id,
    inputTokenLimit: facts?.contextWindow,
    outputTokenLimit: facts?.maxOutput,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  }
}
