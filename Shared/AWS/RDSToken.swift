import Formats
import HTTP

/// The password of RDS IAM authentication: a presigned URL without its scheme, valid for 15 minutes.
package enum RDSToken {
    /// Makes a token.
    ///
    /// - Parameter host: the endpoint of the instance or cluster, not an alias of it.
    package static func make(
        host: String, port: Int = 5432, user: String, region: String, credentials: Credentials, at time: SigningTime
    ) throws(AWSError) -> String {
        String(try signed(host: host, port: port, user: user, region: region, credentials: credentials, at: time).request.url.dropFirst(8))
    }

    /// The token as a signed `https` request, with the intermediate texts of the signature.
    package static func signed(
        host: String, port: Int, user: String, region: String, credentials: Credentials, at time: SigningTime
    ) throws(AWSError) -> SignedRequest {
        let request = HTTPRequest("GET", "https://\(host):\(port)/?Action=connect&DBUser=\(PercentEncoding.encode(user))")
        return try SigV4Signer(credentials, region: region, service: "rds-db").presign(request, expires: 900, at: time)
    }
}
