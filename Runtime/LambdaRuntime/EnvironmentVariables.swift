/// A function cannot start without this environment variable.
package struct MissingEnvironmentVariable: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package var description: String { "the environment variable \(name) is not set" }
}

extension [String: String] {
    /// The value of an environment variable that must be set and not empty.
    package func required(_ name: String) throws(MissingEnvironmentVariable) -> String {
        guard let value = self[name], !value.isEmpty else { throw MissingEnvironmentVariable(name: name) }
        return value
    }
}
