/// A constant on the heap, for values that cannot be copied into a closure or must be handed through C.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value
    init(_ value: consuming Value) { self.value = value }
}
