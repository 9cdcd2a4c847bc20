import Glibc

/// Which root certificates to trust. libcurl ignores `SSL_CERT_FILE`, and a distribution's compiled-in path
/// does not exist on another one, so the file is always named explicitly.
package enum CertificateFile {
    /// `ca.pem` beside `bootstrap` when the bundle carries one, else the platform's.
    package static func find(_ environment: [String: String]) -> String? {
        if let root = environment["LAMBDA_TASK_ROOT"], isReadable(root + "/ca.pem") { return root + "/ca.pem" }
        return platform
    }

    /// The bundle of Debian, Amazon Linux or Alpine, whichever exists; `nil` leaves the choice to libcurl.
    package static var platform: String? {
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"].first(where: isReadable)
    }

    private static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
