import { writeFileSync } from 'node:fs'
import process from 'node:process'

/**
 * A vitest reporter that counts: writes `{ passed, failed, skipped, reasons }` as JSON to the file that SUMMARY_FILE
 * names. `reasons` counts the skipped tests by why they were: what the test gave `context.skip(why)`, or its own name
 * where it gave nothing.
 */
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: 0, reasons: {} }
    for (const module of modules) {
      let failedBefore = summary.failed
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        if (state === 'passed') summary.passed++
        else if (state === 'skipped') {
          const reason = note ?? `no reason given: ${module.relativeModuleId} > ${test.fullName}`
          summary.skipped++
          summary.reasons[reason] = (summary.reasons[reason] ?? 0) + 1
        } else summary.failed++
      }
      // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
      if (!module.ok() && summary.failed === failedBefore) summary.failed++
    }
    writeFileSync(process.env.SUMMARY_FILE, JSON.stringify(summary))
  }
}
