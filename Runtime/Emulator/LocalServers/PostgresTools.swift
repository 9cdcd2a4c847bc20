import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Where PostgreSQL's programs are and as whom they run: they refuse to run as root.
struct PostgresTools: Sendable {
    let folder: String
    /// Goes before each program, because we are root: a user namespace of our own, or the system user `postgres`.
    let prefix: [String]

    /// Finds the programs that fit the cluster in `cluster`, or the newest from 15 on when there is none yet.
    static func find(cluster: String) async throws(LocalServerError) -> PostgresTools {
        let version = FileManager.default.contents(atPath: "\(cluster)/PG_VERSION")
            .flatMap { Int(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) }
        let root = "/usr/lib/postgresql"
        let found = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
            .filter { $0 >= 15 && $0 == version ?? $0 && access("\(root)/\($0)/bin/initdb", X_OK) == 0 }
        guard let newest = found.max() else {
            throw .missing(
                "PostgreSQL \(version.map(String.init) ?? "15 or newer")",
                remedy: "run `apt-get install postgresql-\(version ?? 15)`, or Runtime/bellwether as root, which does it")
        }
        return PostgresTools(folder: "\(root)/\(newest)/bin", prefix: try await prefix(cluster: cluster))
    }

    func command(_ program: String, _ arguments: [String]) -> [String] { prefix + ["\(folder)/\(program)"] + arguments }

    /// Makes a folder that the programs may write to.
    func makeFolder(_ path: String) throws(LocalServerError) {
        try StateFile.makeFolder(path)
        chmod(path, 0o700)
        try adopt(path)
    }

    /// Gives a file or folder to the user that the programs run as.
    func adopt(_ path: String) throws(LocalServerError) {
        guard let user = PostgresTools.systemUser, prefix.contains(where: { $0.hasPrefix("--reuid") }) else { return }
        guard chown(path, user.id, user.group) == 0 else { throw LocalServerError("cannot give \(path) to the user postgres") }
    }

    private static func prefix(cluster: String) async throws(LocalServerError) -> [String] {
        guard geteuid() == 0 else { return [] }
        let namespace = ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
        let user = asPostgres
        let owner = (try? FileManager.default.attributesOfItem(atPath: cluster))?[.ownerAccountID] as? NSNumber
        if let owner { return owner.intValue == 0 ? namespace : user }
        if (try? await HelperProgram.run(namespace + ["/bin/true"], environment: [:])) != nil { return namespace }
        guard systemUser != nil else {
            throw LocalServerError(
                "PostgreSQL does not run as root and there is no user postgres: install postgresql-15 or run as another user")
        }
        if let closed = await firstClosed(above: cluster, to: user) {
            throw LocalServerError(
                "PostgreSQL does not run as root, and the user postgres cannot enter \(closed): run `chmod o+x \(closed)`, or name a "
                    + "folder elsewhere in BELLWETHER_HOME")
        }
        return user
    }

    /// The topmost folder above a path that programs with this prefix may not pass through; folders that are not there yet are ours.
    static func firstClosed(above path: String, to prefix: [String]) async -> String? {
        var folders = [URL(filePath: path).standardizedFileURL.deletingLastPathComponent()]
        while let last = folders.last, last.path != "/" { folders.append(last.deletingLastPathComponent()) }
        for folder in folders.reversed().map(\.path) where FileManager.default.fileExists(atPath: folder) {
            if (try? await HelperProgram.run(prefix + ["/usr/bin/test", "-x", folder], environment: [:])) == nil { return folder }
        }
        return nil
    }

    /// What goes before a program that is to run as the system user `postgres`.
    static let asPostgres = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]

    private static let systemUser: (id: uid_t, group: gid_t)? = getpwnam("postgres").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) }
}
