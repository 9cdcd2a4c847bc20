/// Passwords and keys of one state folder, made once at random.
package struct LocalSecrets: Codable, Sendable, Hashable {
    /// By role.
    package var postgresPasswords: [String: String]
    package var s3AccessKey: String
    package var s3SecretKey: String
    /// What the S3 server shows when it reports a change.
    package var webhookToken: String
    /// The dashboard's key on this machine.
    package var apiKey: String

    /// Reads `secrets.json` (mode 0600) in the folder, or makes it when there is none.
    package static func inFolder(_ folder: String) throws(LocalServerError) -> LocalSecrets {
        let path = "\(folder)/secrets.json"
        do {
            if let kept = try StateFile.kept(LocalSecrets.self, at: path) { return kept }
        } catch {
            throw LocalServerError(
                "\(path) cannot be read (\(error)), and the database and the S3 server go by the passwords in it: put back a copy "
                    + "of it, or run `bellwether down`, delete \(folder) and start afresh")
        }
        try StateFile.makeFolder(folder)
        let made = LocalSecrets(
            postgresPasswords: Dictionary(uniqueKeysWithValues: PostgresRole.allCases.map { ($0.rawValue, random(24)) }),
            s3AccessKey: "LOCAL" + random(8).uppercased(), s3SecretKey: random(20), webhookToken: random(24), apiKey: "bw_" + random(24))
        try StateFile.write(made, to: path)
        return made
    }

    /// Hexadecimal digits of so many bytes from the system's generator.
    private static func random(_ bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
