/// A constant on the heap, for values that cannot be copied into a closure or must be passed through C.
package final class Box<Value: ~Copyable & Sendable>: Sendable {
    package let value: Value
    package init(_ value: consuming Value) { self.value = value }
}
