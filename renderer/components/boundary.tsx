import { Component, type ReactNode } from 'react'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'
import { Empty } from './panel.tsx'

interface BoundaryProps {
  readonly children: ReactNode
}

/** Keeps a fault of one screen from taking the others with it. (React knows no other form for this than a class.) */
export class Boundary extends Component<BoundaryProps, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <Empty title={text.screenFailed} hint={error.message}>
        <Button onClick={() => this.setState({ error: undefined })}>{text.actions.retry}</Button>
        <Button onClick={() => location.reload()}>{text.reload}</Button>
      </Empty>
    )
  }
}
