import { describe, expect, it } from 'vitest'
import { commands } from '../../../proxy/commands/index.ts'
import { obey } from '../../../proxy/commands/obey.ts'
import type { Overrides } from '../../../proxy/sessions/session.ts'
import { context, request, session, textOf, user } from './support.ts'

function type(text: string, before: Overrides = {}, config: Record<string, unknown> = {}) {
  const obeyed = obey(request(user(text)), session(before), context(config))
  return { overrides: obeyed.session.overrides, says: textOf(obeyed.reply) }
}

const fast = { routes: { fast: { policy: 'km', elements: ['openai:a'] } } } as const

describe('a command changes the session', () => {
  it.each<[string, Overrides, Overrides?]>([
    ['!/backend(anthropic)', { backend: 'anthropic' }],
    ['!/backend(backend=anthropic)', { backend: 'anthropic' }],
    ['!/backend("anthropic")', { backend: 'anthropic' }],
    ['!/provider(provider_name=anthropic)', { backend: 'anthropic' }],
    ['!/model(claude-3-5-sonnet-20241022)', { model: 'claude-3-5-sonnet-20241022' }],
    ['!/model(name=gpt-5)', { model: 'gpt-5' }],
    ['!/model(openai:gpt-5)', { model: 'openai:gpt-5' }],
    ['!/model(openai:gpt-5)', { model: 'openai:gpt-5' }, { backend: 'anthropic' }],
    ['!/model(name=openrouter:qwen/qwen3:free)', { model: 'openrouter:qwen/qwen3:free' }],
    ['!/model(openai:gpt-5?temperature=0.5)', { model: 'openai:gpt-5?temperature=0.5' }],
    ['!/model(openai:gpt-5)\n!/model()', {}],
    ['!/model(openai:gpt-5)\n!/unset(model)', {}],
    ['!/model(openai:gpt-5)\n!/unset(backend)', { model: 'openai:gpt-5' }],
    ['!/model(openai:gpt-5?top_p=1)\n!/backend(anthropic)', { backend: 'anthropic', model: 'gpt-5?top_p=1' }],
    ['!/backend(anthropic)', { backend: 'anthropic' }, { model: 'openai:a|openrouter:b' }],
    ['!/backend(anthropic)', { backend: 'anthropic' }, { model: 'cheap' }],
    ['!/model(qwen/qwen3)', { model: 'qwen/qwen3' }],
    ['!/model(openai:a|anthropic:b)', { model: 'openai:a|anthropic:b' }, { backend: 'openai' }],
    ['!/model(hybrid:[openai:a,anthropic:b])', { model: 'hybrid:[openai:a,anthropic:b]' }],
    ['!/model(x)', { backend: 'openai', model: 'x' }, { backend: 'openai' }],
    ['!/model()', {}, { model: 'x' }],
    ['!/model', {}, { model: 'x' }],
    ['!/model !/project(x)', { project: 'x' }, { model: 'x' }],
    ['!/oneoff(openrouter:qwen/qwen3-coder)', { oneOff: 'openrouter:qwen/qwen3-coder' }],
    ['!/oneoff(element=openai:x)', { oneOff: 'openai:x' }],
    ['!/oneoff(value=openai:x)', { oneOff: 'openai:x' }],
    ['!/oneoff(route=openai:x)', { oneOff: 'openai:x' }],
    ['!/oneoff(target=openai:x)', { oneOff: 'openai:x' }],
    ['!/one-off(cheap)', { oneOff: 'cheap' }],
    ['!/set(backend=openai)', { backend: 'openai' }],
    ['!/set(model=openai:gpt-5, temperature=0.2)', { model: 'openai:gpt-5', params: { temperature: 0.2 } }],
    ['!/set(temperature=2)', { params: { temperature: 2 } }],
    ['!/set(top-p=0.5, top_k=3)', { params: { top_p: 0.5, top_k: 3 } }],
    ['!/set(max-tokens=100, seed=7, verbosity=low)', { params: { max_tokens: 100, seed: 7, verbosity: 'low' } }],
    ['!/set(stop=END)', { params: { stop: ['END'] } }],
    ['!/set(reasoning-effort=low)', { params: { reasoning_effort: 'low' } }],
    ['!/set(reasoning_effort=HIGH)', { params: { reasoning_effort: 'high' } }],
    ['!/set(reasoning=maximum)', { params: { reasoning_effort: 'high' } }],
    ['!/set(thinking-budget=128)', { params: { thinking_budget: 128 } }],
    ['!/set(budget=0)', { params: { thinking_budget: 0 } }],
    [
      '!/set(gemini-generation-config={"temperature": 0.3, "topK": 4, "thinkingConfig": {"thinkingBudget": 512}})',
      { params: { temperature: 0.3, top_k: 4, thinking_budget: 512 } },
    ],
    [
      "!/set(gemini-generation-config={'maxOutputTokens': 9, 'stopSequences': ['a', 'b']})",
      { params: { max_tokens: 9, stop: ['a', 'b'] } },
    ],
    ['!/set(project="My app")', { project: 'My app' }],
    ['!/set(project=)', {}, { project: 'x' }],
    ['!/set(project-dir="~/work")', { projectDir: '/home/me/work' }],
    ['!/set(project_dir=~/work)', { projectDir: '/home/me/work' }],
    ['!/set(projectdir=)', {}, { projectDir: '/x' }],
    ['!/set(command-prefix=%/)', { prefix: '%/', formerPrefixes: ['!/'] }],
    ['!/set(interactive-mode=off)', { interactive: false }],
    ['!/set(interactive=TRUE)', { interactive: true }],
    ['!/set(redact-api-keys-in-prompts=yes)', { redactKeys: true }],
    ['!/set(loop-detection=on)', { loopDetection: true }],
    ['!/set(openai-url=http://127.0.0.1:9/v1/)', { openaiUrl: 'http://127.0.0.1:9/v1' }],
    ['!/unset(model)', { backend: 'openai' }, { backend: 'openai', model: 'x' }],
    ['!/unset(backend, model)', {}, { backend: 'openai', model: 'x' }],
    ['!/unset(temperature)', { params: { top_p: 1 } }, { params: { temperature: 1, top_p: 1 } }],
    ['!/unset(interactive)', {}, { interactive: true }],
    ['!/unset(redact-api-keys-in-prompts, project)', {}, { redactKeys: true, project: 'x' }],
    ['!/unset(gemini-generation-config)', { params: { verbosity: 'low' } }, { params: { top_k: 1, verbosity: 'low' } }],
    ['%/unset(command-prefix)', { formerPrefixes: ['!/', '%/'] }, { prefix: '%/', formerPrefixes: ['!/'] }],
    ['!/max', { mode: 'high', params: { reasoning_effort: 'high' } }],
    ['!/medium', { mode: 'medium', params: { reasoning_effort: 'medium' } }],
    ['!/low()', { mode: 'low', params: { reasoning_effort: 'low' } }],
    ['!/no-think', { mode: 'none', params: { reasoning_effort: 'none' } }],
    ['!/no-thinking', { mode: 'none', params: { reasoning_effort: 'none' } }],
    ['!/no-reasoning', { mode: 'none', params: { reasoning_effort: 'none' } }],
    ['!/disable-thinking', { mode: 'none', params: { reasoning_effort: 'none' } }],
    ['!/disable-reasoning', { mode: 'none', params: { reasoning_effort: 'none' } }],
    ['!/mode(low)', { mode: 'low', params: { reasoning_effort: 'low' } }],
    ['!/mode(mode_name=medium)', { mode: 'medium', params: { reasoning_effort: 'medium' } }],
    ['!/temperature(0.7)', { params: { temperature: 0.7 } }],
    ['!/temperature(value=1)', { params: { temperature: 1 } }],
    ['!/loop-detection', { loopDetection: true }],
    ['!/loop-detection(enabled=false)', { loopDetection: false }],
    ['!/loop-detection(off)', { loopDetection: false }],
    ['!/create-failover-route(fast, m)', { routes: { fast: { policy: 'm', elements: [] } } }],
    ['!/create-failover-route(name=fast,policy=km)', { routes: { fast: { policy: 'km', elements: [] } } }],
    ['!/create-failover-route(fast, mk)', { routes: { fast: { policy: 'mk', elements: ['openai:a'] } } }, fast],
    ['!/delete-failover-route(name=fast)', {}, fast],
    [
      '!/route-append(fast, openai:b, openai:c)',
      { routes: { fast: { policy: 'km', elements: ['openai:a', 'openai:b', 'openai:c'] } } },
      fast,
    ],
    [
      '!/route-append(name=fast,element=openai:b)',
      { routes: { fast: { policy: 'km', elements: ['openai:a', 'openai:b'] } } },
      fast,
    ],
    ['!/route-append(fast, openai:a)', fast, fast],
    [
      '!/route-prepend(fast, openai:b)',
      { routes: { fast: { policy: 'km', elements: ['openai:b', 'openai:a'] } } },
      fast,
    ],
    [
      '!/route-prepend(name=fast,element=openai:b)',
      { routes: { fast: { policy: 'km', elements: ['openai:b', 'openai:a'] } } },
      fast,
    ],
    ['!/route-clear(name=fast)', { routes: { fast: { policy: 'km', elements: [] } } }, fast],
    ['!/delete-failover-route(fast)', {}, { ...fast, model: 'fast', oneOff: 'fast' }],
    ['!/route-clear(fast)', { routes: { fast: { policy: 'km', elements: [] } } }, { ...fast, model: 'fast' }],
    [
      '!/delete-failover-route(cheap)',
      { model: 'cheap' },
      { model: 'cheap', routes: { cheap: { policy: 'k', elements: ['openai:a'] } } },
    ],
    ['!/project(my-app)', { project: 'my-app' }],
    ['!/project(name="my app")', { project: 'my app' }],
    ['!/project-dir(~/work)', { projectDir: '/home/me/work' }],
    ['!/project-dir(path=~/work)', { projectDir: '/home/me/work' }],
    ['!/project-dir()', {}, { projectDir: '/x' }],
    ['!/openai-url(http://127.0.0.1:9/v1)', { openaiUrl: 'http://127.0.0.1:9/v1' }],
    ['!/openai-url(https://gateway.example/v1)', { openaiUrl: 'https://gateway.example/v1' }],
    ['!/openai-url(url=http://127.0.0.1:9/v1)', { openaiUrl: 'http://127.0.0.1:9/v1' }],
  ])('%s', (text, after, before = {}) => {
    const { overrides, says } = type(text, before)
    expect(overrides).toEqual(after)
    expect(says).toMatch(/^\[LLM Interactive Proxy 0123456789ab\] \S/)
    expect(says).not.toContain('Nothing was changed')
  })

  it('has an example of each that runs', () => {
    for (const { name, examples } of commands) {
      for (const example of examples) {
        const before: Overrides = { ...fast, ...(example.includes('create') ? { routes: {} } : {}) }
        const findFolder = (path: string) => path
        const { reply } = obey(request(user(`!/${example}`)), session(before), context({}, { findFolder }))
        expect(textOf(reply), name).not.toContain('Nothing was changed')
      }
    }
  })

  it('takes the modes of the config for the model that is asked', () => {
    const config = {
      reasoning_aliases: [
        { model: 'claude*', modes: { high: { max_reasoning_tokens: 4096 } } },
        {
          model: 'gpt-*',
          modes: { high: { reasoning_effort: 'xhigh', user_prompt_prefix: 'Think. ' }, deep: { temperature: 1 } },
        },
      ],
    }
    expect(type('!/max', {}, config).overrides).toEqual({
      mode: 'high',
      promptPrefix: 'Think. ',
      params: { reasoning_effort: 'xhigh' },
    })
    expect(type('!/mode(deep)', {}, config).overrides).toEqual({ mode: 'deep', params: { temperature: 1 } })
    expect(type('!/model(anthropic:claude-x)\n!/max', {}, config).overrides).toEqual({
      model: 'anthropic:claude-x',
      mode: 'high',
      params: { thinking_budget: 4096 },
    })
  })
})

describe('a wrong command changes nothing and is answered with help', () => {
  it.each<[string, RegExp]>([
    ['!/backend(antropic)', /There is no backend "antropic"/],
    ['!/backend()', /backend is missing: name a backend.*!\/backend\(anthropic\)/],
    ['!/backend(a, b)', /an argument too many/],
    ['!/backend(bakend=openai)', /no argument "bakend", did you mean backend\?/],
    ['!/model(nowhere:x)', /There is no backend "nowhere"/],
    ['!/model(openai:)', /no model stands behind the colon/],
    ['!/model(x?temperature=9)', /temperature must be a number from 0 to 2/],
    ['!/model(a^b|c)', /one kind of sign/],
    ['!/model(gpt-5', /bracket of !\/model is never closed/],
    ['!/oneoff(gpt-5)', /takes backend:model/],
    ['!/oneoff()', /target is missing/],
    ['!/set()', /say what to set/],
    ['!/set(modle=x)', /did you mean model\?/],
    ['!/set(temperature=hot)', /temperature must be a number from 0 to 2, not "hot"/],
    ['!/set(temperature=0.5, nonsense-at-all=1)', /there is no setting/],
    ['!/set(temperature=1, temperature=2)', /temperature is given twice/],
    ['!/set(budget=512, thinking-budget=600)', /thinking-budget is given twice/],
    ['!/set(model)', /each of its arguments is name=value/],
    ['!/set(thinking-budget=5)', /at least 128/],
    ['!/set(reasoning-effort=some)', /must be one of/],
    ['!/set(command-prefix=!)', /2 to 10 visible characters/],
    ['!/set(command-prefix=!!)', /one character twice/],
    ['!/set(loop-detection=maybe)', /must be on or off/],
    ['!/set(gemini-generation-config=x)', /must be an object/],
    ['!/set(gemini-generation-config={"topJ": 1})', /there is no topJ/],
    ['!/set(project-dir=/nowhere)', /there is no folder/],
    ['!/unset()', /say what to take back/],
    ['!/unset(colour)', /there is no setting "colour"/],
    ['!/mode(deepest)', /not configured for before: there are high, medium, low, none/],
    ['!/temperature(3)', /from 0 to 2/],
    ['!/openai-url(ftp://x)', /http or https/],
    ['!/openai-url(http://evil.example/v1)', /neither this machine nor a host of the config/],
    ['!/create-failover-route(fast, x)', /policy must be k, m, km or mk/],
    ['!/create-failover-route()', /name the route/],
    ['!/delete-failover-route(slow)', /no route "slow": this conversation has none/],
    ['!/route-append(slow, openai:x)', /no route "slow"/],
    [
      '!/create-failover-route(fb)\n!/model(fb)',
      /the route fb is empty: fill it with !\/route-append\(fb, backend:model\)/,
    ],
    ['!/create-failover-route(fb)\n!/oneoff(fb)', /the route fb is empty/],
    ['!/help(modle)', /did you mean model\?/],
    ['!/modle(x)', /There is no command !\/modle\. Did you mean !\/model\?/],
    ['!/memory-on', /There is no command !\/memory-on\. Nothing is remembered .*CLAUDE\.md, AGENTS\.md/],
    ['!/memory-requeue()', /Nothing is remembered from one conversation to the next here/],
    ['!/model([thinker]a:x^b:y)', /\[thinker\] is not known: hybrid:\[a:x,b:y\] lets one model think for another/],
    ['!/nonsense', /There is no command !\/nonsense\..*!\/help/],
    ['!/hello(you)', /takes no arguments/],
    ['!/model x', /What !\/model takes stands in brackets.*!\/model\(claude/],
    ['!/model: x', /stands in brackets/],
    ['!/model.', /stands in brackets/],
    ['!/project my-app', /stands in brackets.*!\/project\(my-app\)/],
    ['!/project-dir ~/work\nfix the bug', /stands in brackets/],
    ['!/loop-detection off', /stands in brackets/],
    ['!/help model', /stands in brackets/],
    ['!/set temperature=1', /stands in brackets/],
  ])('%s', (text, says) => {
    const before = { model: 'before' }
    const answered = type(text, before)
    expect(answered.overrides).toEqual(before)
    expect(answered.says).toMatch(says)
    expect(answered.says).toContain('Nothing was changed')
  })

  it('and undoes those beside it', () => {
    const { overrides, says } = type('!/backend(openai)\n!/temperature(9)')
    expect(overrides).toEqual({})
    expect(says).toContain('temperature must be')
  })

  it('where the config fixes the route', () => {
    const locked = context({}, { lockedBy: 'the static route' })
    for (const text of ['!/backend(openai)', '!/model(x)', '!/set(model=x)', '!/unset(model)', '!/oneoff(openai:x)']) {
      const { session: after, reply } = obey(request(user(text)), session({ model: 'm' }), locked)
      expect(after.overrides).toEqual({ model: 'm' })
      expect(textOf(reply)).toContain('fixed by the static route')
    }
  })
})

describe('questions are answered', () => {
  it('help lists every command, and explains one', () => {
    const { says } = type('!/help')
    for (const { name } of commands) expect(says).toContain(`!/${name}: `)
    expect(type('!/help(set)').says).toContain('redact-api-keys-in-prompts')
    expect(type('!/help(command=!/model)').says).toContain('!/model(name=gpt-5)')
  })

  it('hello says who is there', () => {
    expect(type('!/hello').says).toMatch(/LLM Interactive Proxy \d/)
  })

  it('status tells the way, the changes and the use', () => {
    const { says } = type('!/status', {
      backend: 'openai',
      model: 'x',
      params: { temperature: 0.5 },
      oneOff: 'openai:y',
      ...fast,
    })
    expect(says).toContain('It goes to openai:y')
    for (const line of [
      'backend: openai',
      'model: x',
      'temperature: 0.5',
      'next request only: openai:y',
      'route fast, km: openai:a',
      '0 turns',
    ]) {
      expect(says).toContain(line)
    }
  })

  it('pwd tells the folder, or that there is none', () => {
    expect(type('!/pwd').says).toContain('Project directory not set')
    expect(type('!/pwd', { projectDir: '/home/me' }).says).toContain('/home/me')
  })

  it('what a route was asked for goes back to is told where it ends', () => {
    expect(type('!/delete-failover-route(fast)', { ...fast, model: 'fast', oneOff: 'fast' }).says).toContain(
      'Failover route fast deleted. The client’s own model is asked again. The one-off is taken back.',
    )
  })

  it('routes are listed', () => {
    expect(type('!/list-failover-routes', fast).says).toContain('fast:km')
    expect(type('!/list-failover-routes').says).toContain('In the config: cheap')
    expect(type('!/route-list(fast)', fast).says).toContain('fast: openai:a')
    expect(type('!/route-list(name=fast)', { routes: { fast: { policy: 'k', elements: [] } } }).says).toContain(
      'fast: empty',
    )
  })

  it('with the asked model’s name and no tokens used', () => {
    const { reply } = obey(request(user('!/hello')), session(), context())
    expect(reply).toMatchObject({ model: 'gpt-5', reason: 'end', usage: { input: 0, output: 0 } })
  })
})
