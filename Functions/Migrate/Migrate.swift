import AWS
import FoundationEssentials
import HTTP
package import LambdaRuntime
import Logging
import Postgres
import Store

/// Brings the database's schema up to this bundle's, and registers API keys. The only function that may change the schema.
package struct Migrate: Function {
    package struct Event: Decodable, Sendable {
        struct Key: Decodable, Sendable {
            let name: String
            /// SHA-256 of the key's text, in hexadecimal. The key itself never comes here.
            let sha256: String
        }

        let apiKey: Key?
    }

    package struct Output: Encodable, Sendable {
        let version: Int
        let applied: [String]
    }

    enum Failure: Error, Sendable, CustomStringConvertible {
        case invalidHash

        var description: String { "\"apiKey\" needs a \"sha256\" of 64 hexadecimal digits: the hash of the key's text" }
    }

    let database: Database
    let migrations: Migrations

    package init(_ environment: [String: String]) async throws {
        let password = try await DatabasePassword.find(environment, HTTPClient(caFile: CertificateFile.find(environment)))
        database = Database(try DatabaseSettings(environment["DATABASE_URL"] ?? "", password: password))
        migrations = try Migrations(environment: environment)
    }

    package func handle(_ event: Event, _ context: Context) async throws -> Output {
        try await database.withDeadline(context.cutOff.instant) {
            let applied = try await migrations.apply(to: database)
            if let key = event.apiKey {
                guard let hash = Self.bytes(hexadecimal: key.sha256), hash.count == 32 else { throw Failure.invalidHash }
                try await APIKeys(database).register(name: key.name, sha256: hash)
            }
            context.logger.info("Migrated", metadata: ["applied": "\(applied)"])
            return Output(version: migrations.files.count, applied: applied)
        }
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
