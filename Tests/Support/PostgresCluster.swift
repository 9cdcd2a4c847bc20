import Glibc

/// A private Postgres with TLS and SCRAM for the tests of one process. It ends, and its folder goes, when the process ends:
/// its shell waits for the end of its standard input.
package final class PostgresCluster: Sendable {
    package static let shared = PostgresCluster()

    package let port: Int
    package let folder: String
    package let password = "correct horse"

    private init() {
        port = FreePorts.take(1)[0]
        folder = "/tmp/bellwether-pg-\(getpid())-\(port)"
        let script = PostgresCluster.script.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        let shell = popen("exec sh -c '\(script)' cluster \(folder) \(port) '\(password)' >/dev/null", "we")
        precondition(shell != nil, "no shell for the test cluster")
        for _ in 0..<1200 where access(folder + "/ready", F_OK) != 0 { usleep(50_000) }
        precondition(access(folder + "/ready", F_OK) == 0, "no test cluster in \(folder)")
    }

    /// A connection URL for the superuser; `options` such as `sslmode=verify-full`.
    package func url(
        _ database: String = "postgres", user: String = "postgres", host: String = "127.0.0.1", options: String = "sslmode=disable"
    ) -> String {
        "postgres://\(user)@\(host):\(port)/\(database)?\(options)"
    }

    package var authority: String { folder + "/tls/ca.pem" }
    package var wrongAuthority: String { folder + "/tls/other.pem" }

    /// Runs `pg_ctl` on the cluster and waits for it.
    package func control(_ arguments: String) {
        _ = system(
            PostgresCluster.prefix
                + "$as $bin/pg_ctl -D \(folder)/data -l \(folder)/data/server.log -w \(arguments) >/dev/null 2>&1 </dev/null"
        )
    }

    private static let prefix = """
        bin=$(pg_config --bindir)
        as=; if [ "$(id -u)" = 0 ]; then as="setpriv --reuid=postgres --regid=postgres --init-groups"; fi

        """

    private static let script =
        prefix + """
            set -e
            mkdir -m 755 "$1" "$1/tls"; cd "$1"
            if [ -n "$as" ]; then chown postgres:postgres "$1" "$1/tls"; fi
            printf %s "$3" > password; chmod 644 password
            for name in ca other; do
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=test $name" \\
                    -keyout tls/$name.key -out tls/$name.pem 2>/dev/null
            done
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout tls/server.key -out tls/server.csr 2>/dev/null
            echo "subjectAltName=DNS:localhost,IP:127.0.0.1" > tls/san
            openssl x509 -req -in tls/server.csr -CA tls/ca.pem -CAkey tls/ca.key -CAcreateserial -days 2 -extfile tls/san -out tls/server.pem 2>/dev/null
            chmod 644 tls/*.pem; chmod 600 tls/server.key
            if [ -n "$as" ]; then chown postgres:postgres tls/server.key tls/server.pem; fi
            $as "$bin/initdb" --no-sync -E UTF8 --locale=C.UTF-8 -U postgres -A scram-sha-256 --pwfile=password -D "$1/data" >log 2>&1
            cat >> data/postgresql.conf <<END
            listen_addresses = '127.0.0.1'
            port = $2
            unix_socket_directories = ''
            ssl = on
            ssl_cert_file = '$1/tls/server.pem'
            ssl_key_file = '$1/tls/server.key'
            fsync = off
            full_page_writes = off
            shared_buffers = 32MB
            END
            rm log
            $as "$bin/pg_ctl" -D "$1/data" -l "$1/data/server.log" -w start >/dev/null 2>&1 </dev/null
            touch ready
            cat >/dev/null
            set +e
            $as "$bin/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
            cd /; rm -rf "$1"
            """
}
