/// A five-letter SQLSTATE, or a two-letter class of them. A code without a constant here keeps its text.
package struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let code: String

    package init(_ code: String) { self.code = code }
    package init(stringLiteral value: String) { code = value }
    package var description: String { code }

    // Classes.
    package static let connectionFailure: Self = "08"
    package static let dataException: Self = "22"
    package static let integrityViolation: Self = "23"
    package static let limitExceeded: Self = "54"
    package static let transactionRollback: Self = "40"
    package static let insufficientResources: Self = "53"

    // Codes.
    package static let integrityConstraintViolation: Self = "23000"
    package static let notNullViolation: Self = "23502"
    package static let uniqueViolation: Self = "23505"
    package static let foreignKeyViolation: Self = "23503"
    package static let checkViolation: Self = "23514"
    package static let invalidAuthorization: Self = "28000"
    package static let wrongPassword: Self = "28P01"
    package static let unknownDatabase: Self = "3D000"
    package static let serializationFailure: Self = "40001"
    package static let insufficientPrivilege: Self = "42501"
    package static let undefinedTable: Self = "42P01"
    package static let adminShutdown: Self = "57P01"
    package static let crashShutdown: Self = "57P02"
    package static let cannotConnectNow: Self = "57P03"

    /// A two-letter pattern is a class and matches every code in it.
    package static func ~= (pattern: Self, value: Self) -> Bool { value.code.hasPrefix(pattern.code) }

    /// Matches a pattern against the SQLSTATE of an error that may have none; nil matches no pattern.
    package static func ~= (pattern: Self, value: Self?) -> Bool { value.map { pattern ~= $0 } ?? false }
}
