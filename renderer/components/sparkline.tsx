interface SparklineProps {
  readonly values: readonly number[]
  /** What it shows, for those who don't see it; the figures stand in the table beside it. */
  readonly label: string
  readonly className?: string
}

const WIDTH = 100
const HEIGHT = 24

/** A course of values as a line over its own area, without axes. */
export function Sparkline({ values, label, className }: SparklineProps) {
  const highest = Math.max(...values, 1)
  const points = values.map((value, i) => {
    const x = values.length < 2 ? 0 : (i / (values.length - 1)) * WIDTH
    return `${x.toFixed(1)},${(HEIGHT - 1 - (value / highest) * (HEIGHT - 3)).toFixed(1)}`
  })
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={className}
    >
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} fill="currentColor" opacity="0.12" />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
