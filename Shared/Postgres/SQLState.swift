/// A five-letter SQLSTATE, or the two-letter class of several. Unknown ones survive.
package struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let code: String

    package init(_ code: String) { self.code = code }
    package init(stringLiteral value: String) { code = value }
    package var description: String { code }

    // Classes.
    package static let connectionFailure: Self = "08"
    package static let integrityViolation: Self = "23"
    package static let invalidAuthorization: Self = "28"
    package static let transactionRollback: Self = "40"
    package static let insufficientResources: Self = "53"
    package static let operatorIntervention: Self = "57"

    // Codes.
    package static let uniqueViolation: Self = "23505"
    package static let foreignKeyViolation: Self = "23503"
    package static let wrongPassword: Self = "28P01"
    package static let unknownDatabase: Self = "3D000"
    package static let serializationFailure: Self = "40001"
    package static let deadlockDetected: Self = "40P01"
    package static let insufficientPrivilege: Self = "42501"
    package static let undefinedTable: Self = "42P01"
    package static let tooManyConnections: Self = "53300"
    package static let queryCancelled: Self = "57014"
    package static let adminShutdown: Self = "57P01"
    package static let crashShutdown: Self = "57P02"
    package static let cannotConnectNow: Self = "57P03"

    /// A two-letter pattern is a class and matches every code in it.
    package static func ~= (pattern: Self, value: Self) -> Bool { value.code.hasPrefix(pattern.code) }

    /// Nil matches nothing: for an error that came without a SQLSTATE.
    package static func ~= (pattern: Self, value: Self?) -> Bool { value.map { pattern ~= $0 } ?? false }
}
