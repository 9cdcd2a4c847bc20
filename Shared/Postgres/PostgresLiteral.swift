/// A value that can be written into the text of a statement without parameters (COPY).
package protocol PostgresLiteral: Sendable {
    var postgresLiteral: Literal { get }
}

package enum Literal: Sendable {
    /// Text that the connection quotes, and the name of its type.
    case quoted(String, type: String)
    /// An expression made of numbers only.
    case expression(String)
}

extension Int: PostgresLiteral {
    package var postgresLiteral: Literal { .expression("\(self)::bigint") }
}

extension String: PostgresLiteral {
    package var postgresLiteral: Literal { .quoted(self, type: "text") }
}

extension [String]: PostgresLiteral {
    package var postgresLiteral: Literal {
        let elements = map { "\"" + $0.flatMap { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) } + "\"" }
        return .quoted("{\(elements.joined(separator: ","))}", type: "text[]")
    }
}

extension PostgresDate: PostgresLiteral {
    package var postgresLiteral: Literal { .expression("(date '1970-01-01' + \(days))") }
}

extension PostgresInstant: PostgresLiteral {
    package var postgresLiteral: Literal {
        .expression("(timestamptz '1970-01-01 00:00:00+00' + \(microseconds) * interval '1 microsecond')")
    }
}
