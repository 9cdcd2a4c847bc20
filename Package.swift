// swift-tools-version:6.2
import PackageDescription

/// One row of the architecture's import table: a room, where it lives, and what it may import.
///
/// `bellwether test` builds with `--explicit-target-dependency-import-check error`, so an import that is not
/// written here does not compile, and `Tests/ManifestTests` holds these rows against the documented table.
struct Room {
    let name: String
    let path: String
    var kind = Kind.library
    var imports: [String] = []
    var products: [(name: String, package: String)] = []
    var exclude: [String] = []
    var settings: [SwiftSetting] = []
    var linking: [LinkerSetting] = []

    enum Kind { case library, executable, test, system(pkgConfig: String, apt: String) }

    static let common: [SwiftSetting] = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]

    var target: Target {
        let dependencies: [Target.Dependency] =
            imports.map { .target(name: $0) } + products.map { .product(name: $0.name, package: $0.package) }
        let settings = Room.common + settings
        return switch kind {
        case .library: .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings)
        case .executable:
            .executableTarget(
                name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings, linkerSettings: linking)
        case .test: .testTarget(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings)
        case .system(let pkgConfig, let apt):
            .systemLibrary(name: name, path: path, pkgConfig: pkgConfig, providers: [.apt([apt])])
        }
    }
}

/// AVX2 and FMA, which every x86-64 Lambda host has; `Kernels.Processor` checks that before the first use. Without `errno` a square root
/// is one instruction.
#if arch(x86_64)
    let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3", "-Xcc", "-fno-math-errno"])]
#else
    let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-fno-math-errno"])]
#endif

/// The bundle carries its libraries in `lib`. DT_RPATH and not RUNPATH: Lambda's LD_LIBRARY_PATH begins with the system's folders, whose
/// libcurl and libssl are others.
let bundled: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--disable-new-dtags", "-Xlinker", "-rpath=$ORIGIN/lib"], .when(platforms: [.linux]))
]

let log = (name: "Logging", package: "swift-log")
let nio = [
    (name: "NIOCore", package: "swift-nio"), (name: "NIOPosix", package: "swift-nio"), (name: "NIOHTTP1", package: "swift-nio"),
]

let rooms: [Room] = [
    // Shared
    Room(name: "CCurl", path: "Shared/C/CCurl", kind: .system(pkgConfig: "libcurl", apt: "libcurl4-openssl-dev")),
    Room(name: "COpenSSL", path: "Shared/C/COpenSSL", kind: .system(pkgConfig: "openssl", apt: "libssl-dev")),
    Room(name: "CPostgres", path: "Shared/C/CPostgres", kind: .system(pkgConfig: "libpq", apt: "libpq-dev")),
    Room(name: "Market", path: "Shared/Market", exclude: ["Data/exchanges.txt", "Data/generate.py"]),
    Room(name: "Providers", path: "Shared/Providers", imports: ["Market"], exclude: ["README.md"]),
    Room(name: "Features", path: "Shared/Features", imports: ["Market"], settings: vectorised),
    Room(name: "Kernels", path: "Shared/Kernels", settings: vectorised),
    Room(name: "Forecasting", path: "Shared/Forecasting", imports: ["Kernels", "Market"], exclude: ["README.md"], settings: vectorised),
    Room(name: "Backtest", path: "Shared/Backtest", imports: ["Market", "Providers", "Features", "Forecasting"], exclude: ["README.md"]),
    Room(name: "HTTP", path: "Shared/HTTP", imports: ["CCurl"]),
    Room(name: "AWS", path: "Shared/AWS", imports: ["HTTP", "COpenSSL"]),
    Room(name: "Objects", path: "Shared/Objects", imports: ["AWS", "Market"]),
    Room(name: "Postgres", path: "Shared/Postgres", imports: ["CPostgres"]),
    Room(name: "Store", path: "Shared/Store", imports: ["Postgres", "Market"], exclude: ["Migrations"]),
    Room(
        name: "Telemetry", path: "Shared/Telemetry",
        products: [(name: "Metrics", package: "swift-metrics"), (name: "CoreMetrics", package: "swift-metrics")]),

    // Runtime
    Room(name: "LambdaRuntime", path: "Runtime/LambdaRuntime", products: [log]),
    Room(name: "LambdaEvents", path: "Runtime/LambdaEvents"),
    Room(name: "HTTPServer", path: "Runtime/HTTPServer", products: nio),
    Room(
        name: "Emulator", path: "Runtime/Emulator", imports: ["HTTP", "HTTPServer", "LambdaEvents"],
        products: [
            nio[0], nio[1], log, (name: "DequeModule", package: "swift-collections"), (name: "Yams", package: "Yams"),
            (name: "Subprocess", package: "swift-subprocess"),
        ],
        exclude: ["README.md"]),
    Room(name: "SampleMarket", path: "Runtime/SampleMarket", imports: ["HTTPServer", "Market"], exclude: ["Data"]),
    Room(
        name: "Command", path: "Runtime/Command", kind: .executable,
        imports: ["Emulator", "SampleMarket", "Backtest", "Kernels", "HTTP", "AWS"],
        products: [(name: "ArgumentParser", package: "swift-argument-parser"), log]),

    // Functions
    Room(
        name: "IngestFunction", path: "Functions/Ingest",
        imports: ["LambdaRuntime", "LambdaEvents", "Market", "Providers", "HTTP", "AWS", "Objects", "Postgres", "Store", "Telemetry"],
        products: [log]),
    Room(
        name: "FeaturizeFunction", path: "Functions/Featurize",
        imports: [
            "LambdaRuntime", "LambdaEvents", "Market", "Providers", "Features", "Kernels", "HTTP", "AWS", "Objects", "Postgres", "Store",
            "Telemetry",
        ],
        products: [log]),
    Room(
        name: "TrainFunction", path: "Functions/Train",
        imports: ["LambdaRuntime", "Market", "Features", "Forecasting", "Backtest", "HTTP", "AWS", "Objects", "Postgres", "Store"],
        products: [log]),
    Room(
        name: "PredictFunction", path: "Functions/Predict",
        imports: [
            "LambdaRuntime", "LambdaEvents", "Market", "Features", "Forecasting", "Backtest", "HTTP", "AWS", "Objects", "Postgres", "Store",
            "Telemetry",
        ],
        products: [log]),
    Room(
        name: "MonitorFunction", path: "Functions/Monitor",
        imports: ["LambdaRuntime", "Market", "Features", "Forecasting", "HTTP", "AWS", "Postgres", "Store", "Telemetry"], products: [log]),
    Room(
        name: "DashboardFunction", path: "Functions/Dashboard",
        imports: ["LambdaRuntime", "LambdaEvents", "Market", "Providers", "Features", "Forecasting", "HTTP", "AWS", "Postgres", "Store"],
        exclude: ["Page"]),
    Room(
        name: "AuthorizeFunction", path: "Functions/Authorize",
        imports: ["LambdaRuntime", "LambdaEvents", "HTTP", "AWS", "Postgres", "Store"]),
    Room(
        name: "MigrateFunction", path: "Functions/Migrate", imports: ["LambdaRuntime", "HTTP", "AWS", "Postgres", "Store"], products: [log]),
    Room(
        name: "Bootstrap", path: "Functions/Bootstrap", kind: .executable,
        imports: [
            "LambdaRuntime", "IngestFunction", "FeaturizeFunction", "TrainFunction", "PredictFunction", "MonitorFunction",
            "DashboardFunction", "AuthorizeFunction", "MigrateFunction",
        ],
        linking: bundled),

    // Tests
    Room(name: "TestSupport", path: "Tests/Support", imports: ["Postgres", "Store", "AWS", "HTTP"]),
    Room(name: "TestVectors", path: "Tests/Vectors"),
    Room(name: "MarketTests", path: "Tests/MarketTests", kind: .test, imports: ["Market", "TestVectors"]),
    Room(name: "ProvidersTests", path: "Tests/ProvidersTests", kind: .test, imports: ["Providers", "Market", "TestVectors"]),
    Room(name: "FeaturesTests", path: "Tests/FeaturesTests", kind: .test, imports: ["Features", "Market", "TestVectors"]),
    Room(name: "KernelsTests", path: "Tests/KernelsTests", kind: .test, imports: ["Kernels"]),
    Room(name: "ForecastingTests", path: "Tests/ForecastingTests", kind: .test, imports: ["Forecasting", "Kernels", "Market"]),
    Room(
        name: "BacktestTests", path: "Tests/BacktestTests", kind: .test,
        imports: ["Backtest", "Market", "Features", "Forecasting", "TestVectors"]),
    Room(name: "HTTPTests", path: "Tests/HTTPTests", kind: .test, imports: ["HTTP", "TestSupport"]),
    Room(name: "AWSTests", path: "Tests/AWSTests", kind: .test, imports: ["AWS", "HTTP", "TestSupport", "TestVectors"]),
    Room(name: "ObjectsTests", path: "Tests/ObjectsTests", kind: .test, imports: ["Objects", "AWS", "HTTP", "Market", "TestSupport"]),
    Room(name: "PostgresTests", path: "Tests/PostgresTests", kind: .test, imports: ["Postgres", "TestSupport"]),
    Room(name: "StoreTests", path: "Tests/StoreTests", kind: .test, imports: ["Store", "Postgres", "Market", "TestSupport"]),
    Room(
        name: "TelemetryTests", path: "Tests/TelemetryTests", kind: .test, imports: ["Telemetry"],
        products: [(name: "Metrics", package: "swift-metrics"), (name: "CoreMetrics", package: "swift-metrics")]),
    Room(name: "LambdaRuntimeTests", path: "Tests/LambdaRuntimeTests", kind: .test, imports: ["LambdaRuntime"], products: [log]),
    Room(name: "LambdaEventsTests", path: "Tests/LambdaEventsTests", kind: .test, imports: ["LambdaEvents", "TestVectors"]),
    Room(
        name: "EmulatorTests", path: "Tests/EmulatorTests", kind: .test, imports: ["Emulator", "HTTPServer", "LambdaEvents", "TestSupport", "TestVectors"],
        products: [log]),
    Room(name: "SampleMarketTests", path: "Tests/SampleMarketTests", kind: .test, imports: ["SampleMarket", "Market", "Providers"]),
    Room(
        name: "FeaturizeFunctionTests", path: "Tests/FeaturizeFunctionTests", kind: .test,
        imports: ["FeaturizeFunction", "Features", "LambdaRuntime", "Objects", "Store", "Postgres", "Market", "TestSupport"]),
    Room(
        name: "IngestFunctionTests", path: "Tests/IngestFunctionTests", kind: .test,
        imports: ["IngestFunction", "FeaturizeFunction", "LambdaRuntime", "Market", "Postgres", "Store", "TestSupport"]),
    Room(
        name: "DashboardFunctionTests", path: "Tests/DashboardFunctionTests", kind: .test,
        imports: ["DashboardFunction", "LambdaRuntime", "LambdaEvents", "Market", "Postgres", "Store", "TestSupport"]),
    Room(
        name: "PredictFunctionTests", path: "Tests/PredictFunctionTests", kind: .test,
        imports: [
            "PredictFunction", "LambdaRuntime", "LambdaEvents", "Features", "Forecasting", "Market", "Postgres", "Store", "AWS",
            "TestSupport",
        ]),
    Room(
        name: "CommandTests", path: "Tests/CommandTests", kind: .test, imports: ["Command"],
        products: [(name: "ArgumentParser", package: "swift-argument-parser")]),
    Room(
        name: "TrainFunctionTests", path: "Tests/TrainFunctionTests", kind: .test,
        imports: [
            "TrainFunction", "LambdaRuntime", "Forecasting", "Features", "Market", "Store", "Postgres", "Objects", "AWS", "HTTP",
            "TestSupport",
        ]),
    Room(
        name: "MonitorFunctionTests", path: "Tests/MonitorFunctionTests", kind: .test,
        imports: ["MonitorFunction", "LambdaRuntime", "Forecasting", "Features", "Market", "Store", "Postgres", "TestSupport"]),
    Room(name: "ManifestTests", path: "Tests/ManifestTests", kind: .test),
    Room(
        name: "Acceptance", path: "Tests/Acceptance", kind: .test,
        imports: ["Emulator", "Store", "Postgres", "AWS", "HTTP", "Market", "TestSupport"]),
]

let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
]

let package = Package(
    name: "bellwether",
    products: [
        .executable(name: "bootstrap", targets: ["Bootstrap"]),
        .executable(name: "bellwether", targets: ["Command"]),
    ],
    dependencies: dependencies,
    targets: rooms.map(\.target)
)
