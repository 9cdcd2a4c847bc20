package import AWS

/// The random passwords and keys of one state folder.
package struct LocalSecrets: Codable, Sendable, Hashable {
    /// The password of each `PostgresRole`.
    package var postgresPasswords: [String: String]
    package var s3AccessKey: String
    package var s3SecretKey: String

    /// The AWS credentials of the local stack: its S3 server and its Lambda API accept them.
    package var credentials: Credentials { Credentials(accessKey: s3AccessKey, secretKey: s3SecretKey) }

    /// The bearer token of the S3 server's webhook requests.
    package var webhookToken: String
    /// The API key of the local dashboard.
    package var apiKey: String

    private enum CodingKeys: String, CodingKey {
        case postgresPasswords = "postgres_passwords"
        case s3AccessKey = "s3_access_key"
        case s3SecretKey = "s3_secret_key"
        case webhookToken = "webhook_token"
        case apiKey = "api_key"
    }

    /// Reads `secrets.json` (mode 0600) in the folder, or creates it.
    package static func loadOrCreate(in folder: String) throws(LocalServerError) -> LocalSecrets {
        let path = "\(folder)/secrets.json"
        do {
            if let stored = try StateFile.readIfPresent(LocalSecrets.self, at: path) {
                guard PostgresRole.allCases.allSatisfy({ stored.postgresPasswords[$0.rawValue] != nil }) else {
                    throw LocalServerError(
                        "\(folder) was made by an unreleased version of this project, whose database has other roles: run `bellwether down`, "
                            + "delete the folder and start again")
                }
                return stored
            }
        } catch let error as LocalServerError {
            throw error
        } catch {
            throw LocalServerError(
                "\(path) cannot be read (\(error)), and the database and the S3 server use its passwords: restore a copy of the file, or "
                    + "run `bellwether down`, delete \(folder) and start again")
        }
        try StateFile.makeFolder(folder)
        let secrets = LocalSecrets(
            postgresPasswords: Dictionary(uniqueKeysWithValues: PostgresRole.allCases.map { ($0.rawValue, random(24)) }),
            s3AccessKey: "LOCAL" + random(8).uppercased(), s3SecretKey: random(20), webhookToken: random(24), apiKey: "bw_" + random(24))
        try StateFile.write(secrets, to: path)
        return secrets
    }

    /// Random bytes as hexadecimal digits.
    private static func random(_ bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
