/// The database roles of a local cluster.
package enum PostgresRole: String, CaseIterable, Sendable {
    /// The superuser that made the cluster; only the local servers use it.
    case admin = "bellwether_admin"
    /// Owns the database; only the function Migrate connects as it.
    case owner = "bellwether_owner"
    /// Reads and writes rows, without the right to change the schema: every other function.
    case app = "bellwether_app"
    /// Reads the reporting schema.
    case reader = "bellwether_reader"
}
