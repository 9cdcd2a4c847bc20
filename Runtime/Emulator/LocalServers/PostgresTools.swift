import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Finds PostgreSQL's programs and the user to run them as; they do not run as root.
struct PostgresTools: Sendable {
    let folder: String
    /// The command prefix when this process is root: a user namespace, or the system user `postgres`.
    let prefix: [String]

    /// Finds the programs of the cluster's version, or the newest version from 15 on for a new cluster.
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

    /// Creates a folder that the programs may write to and nobody else may enter.
    func makeFolder(_ path: String) throws(LocalServerError) {
        try StateFile.makePrivateFolder(path)
        try giveOwnership(of: path)
    }

    /// Makes the programs' user the owner of a file or folder.
    func giveOwnership(of path: String) throws(LocalServerError) {
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
        if let folder = await firstInaccessibleFolder(above: cluster, with: user) {
            throw LocalServerError(
                "PostgreSQL does not run as root, and the user postgres cannot enter \(folder): run `chmod o+x \(folder)`, or set "
                    + "BELLWETHER_HOME to another folder")
        }
        return user
    }

    /// The topmost existing folder above a path that programs with this prefix may not enter.
    static func firstInaccessibleFolder(above path: String, with prefix: [String]) async -> String? {
        var folders = [URL(filePath: path).standardizedFileURL.deletingLastPathComponent()]
        while let last = folders.last, last.path != "/" { folders.append(last.deletingLastPathComponent()) }
        for folder in folders.reversed().map(\.path) where FileManager.default.fileExists(atPath: folder) {
            if (try? await HelperProgram.run(prefix + ["/usr/bin/test", "-x", folder], environment: [:])) == nil { return folder }
        }
        return nil
    }

    /// The command prefix that runs a program as the system user `postgres`.
    static let asPostgres = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]

    private static let systemUser: (id: uid_t, group: gid_t)? = getpwnam("postgres").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) }
}
