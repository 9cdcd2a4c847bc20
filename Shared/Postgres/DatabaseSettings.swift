import CPostgres

/// The address of a database and the settings of connections to it. The description contains no password.
package struct DatabaseSettings: Sendable, CustomStringConvertible {
    /// A libpq connection URL or keyword string. Without `sslmode`, a connection to another machine uses `verify-full`.
    package let url: String
    /// The role that logs in; nil is libpq's own choice.
    package let user: String?
    package var password: String?
    /// The longest time of a call without a deadline of its own or of its task.
    package var timeout: Duration = .seconds(30)
    /// A connection that was idle for longer is checked before use, because a Lambda environment may have been frozen meanwhile.
    package var idleBeforeCheck: Duration = .seconds(3)
    /// Receives the server's notices. They are not written to stderr.
    package var onNotice: (@Sendable (String) -> Void)?

    /// A PEM file of the root certificates to trust; nil is libpq's own, in the user's home.
    package var authorities: String?

    package let host: String?
    package let port: String?
    private let secrets: [String]
    private let encryption: String?

    /// - Parameter user: the role that logs in if the URL names none.
    package init(_ url: String, user: String? = nil, password: String? = nil) throws(PostgresError) {
        guard !url.isEmpty, let options = PQconninfoParse(url, nil) else {
            throw PostgresError(
                .settings, "the database URL is not a valid connection string (postgres://user@host:port/database?sslmode=verify-full)")
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        self.url = url
        self.password = password
        self.user = given["user"] ?? user
        host = given["host"] ?? given["hostaddr"]
        port = given["port"]
        encryption = given["sslmode"]
        secrets = [given["password"], given["sslpassword"]].compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// The settings of the database in `DATABASE_URL`, and the role in `DATABASE_USER` unless the URL names one.
    ///
    /// - Parameters:
    ///   - password: the password, which the URL must not contain.
    ///   - authorities: a PEM file of the root certificates to trust, unless the URL names one (`sslrootcert`).
    package static func fromEnvironment(
        _ environment: [String: String], password: String? = nil, authorities: String?
    ) throws(PostgresError) -> DatabaseSettings {
        guard let url = environment["DATABASE_URL"], !url.isEmpty else { throw PostgresError(.settings, "DATABASE_URL is not set") }
        var settings = try DatabaseSettings(url, user: environment["DATABASE_USER"].flatMap { $0.isEmpty ? nil : $0 }, password: password)
        settings.authorities = authorities
        return settings
    }

    package var description: String { "postgres at \(host ?? "local socket"):\(port ?? "5432")" }

    private var isLocal: Bool {
        guard let host else { return true }
        return host.hasPrefix("/") || host.hasPrefix("@") || ["localhost", "127.0.0.1", "::1"].contains(host)
    }

    /// libpq's keywords, in its order of precedence: later ones win.
    var keywords: [(String, String)] {
        var pairs = [("gssencmode", "disable"), ("client_encoding", "UTF8"), ("fallback_application_name", "bellwether")]
        if encryption == nil, !isLocal { pairs.append(("sslmode", "verify-full")) }
        // With weaker modes libpq would verify as soon as it has certificates.
        let isVerified = encryption?.hasPrefix("verify") ?? !isLocal
        if isVerified, let authorities { pairs.append(("sslrootcert", authorities)) }
        pairs.append(("dbname", url))
        if let user { pairs.append(("user", user)) }
        if let password { pairs.append(("password", password)) }
        return pairs
    }

    /// `text` without any password of these settings.
    func redacted(_ text: String) -> String {
        (secrets + [password].compactMap { $0 }.filter { !$0.isEmpty }).reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
    }
}
