import { toast } from 'sonner'
import type { TurnDetail } from '../../../proxy/app/contract.ts'
import { copy } from '../../components/copy.tsx'
import { text } from '../../text/text.ts'

const words = text.detail

/** Puts the request on the clipboard as a command for a shell, or says why there is none. */
export async function copyCurl({ curl, bodiesMissing = words.bodyCut }: TurnDetail): Promise<void> {
  if (curl === undefined) toast.error(words.noCurl(bodiesMissing))
  else await copy(curl, words.curlCopied)
}
