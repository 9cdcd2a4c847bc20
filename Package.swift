// swift-tools-version:6.2
import PackageDescription

/// One module: where its sources lie and which modules it may import.
///
/// `bellwether test` builds with `--explicit-target-dependency-import-check error`, so an import that is not listed here does not compile.
/// `Tests/ManifestTests` compares this list with the architecture's table.
struct Module {
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
        let settings = Module.common + settings
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

/// AVX2 and FMA, which every x86-64 Lambda host has; `Kernels.Processor` checks that before the first use. `-fno-math-errno` lets a square
/// root compile to one instruction.
#if arch(x86_64)
    let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3", "-Xcc", "-fno-math-errno"])]
#else
    let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-fno-math-errno"])]
#endif

/// The bundle carries its libraries in `lib`. The path is a DT_RPATH, which is searched before LD_LIBRARY_PATH (a
/// DT_RUNPATH is searched after it): Lambda's LD_LIBRARY_PATH lists system folders with other versions of libcurl and libssl.
let bundled: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--disable-new-dtags", "-Xlinker", "-rpath=$ORIGIN/lib"], .when(platforms: [.linux])),
    // All symbols are bound at the start, so that the table of their addresses is read-only afterwards.
    .unsafeFlags(["-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now"], .when(platforms: [.linux])),
]

let log = (name: "Logging", package: "swift-log")
let nio = [
    (name: "NIOCore", package: "swift-nio"), (name: "NIOPosix", package: "swift-nio"), (name: "NIOHTTP1", package: "swift-nio"),
]

let modules: [Module] = [
    // Shared
    Module(name: "CCurl", path: "Shared/C/CCurl", kind: .system(pkgConfig: "libcurl", apt: "libcurl4-openssl-dev")),
    Module(name: "COpenSSL", path: "Shared/C/COpenSSL", kind: .system(pkgConfig: "openssl", apt: "libssl-dev")),
    Module(name: "CPostgres", path: "Shared/C/CPostgres", kind: .system(pkgConfig: "libpq", apt: "libpq-dev")),
    Module(name: "Formats", path: "Shared/Formats"),
    Module(name: "Hashing", path: "Shared/Hashing"),
    Module(name: "Threads", path: "Shared/Threads"),
    Module(name: "Market", path: "Shared/Market", imports: ["Formats"], exclude: ["Data/exchanges.txt", "Data/generate.py"]),
    Module(name: "Providers", path: "Shared/Providers", imports: ["Formats", "Market"], exclude: ["README.md"]),
    Module(name: "Features", path: "Shared/Features", imports: ["Market"], settings: vectorised),
    Module(name: "Kernels", path: "Shared/Kernels", settings: vectorised),
    Module(
        name: "Forecasting", path: "Shared/Forecasting", imports: ["Formats", "Hashing", "Kernels", "Market"], exclude: ["README.md"],
        settings: vectorised),
    Module(
        name: "Backtest", path: "Shared/Backtest", imports: ["Formats", "Market", "Providers", "Features", "Forecasting"],
        exclude: ["README.md"]),
    Module(name: "HTTP", path: "Shared/HTTP", imports: ["Formats", "Threads", "CCurl"]),
    Module(name: "AWS", path: "Shared/AWS", imports: ["Formats", "HTTP", "COpenSSL"]),
    Module(name: "Objects", path: "Shared/Objects", imports: ["Formats", "AWS", "Market"]),
    Module(name: "Postgres", path: "Shared/Postgres", imports: ["Threads", "CPostgres"]),
    Module(name: "Store", path: "Shared/Store", imports: ["Hashing", "Postgres", "Market"], exclude: ["Migrations", "README.md"]),
    Module(name: "Clients", path: "Shared/Clients", imports: ["AWS", "HTTP", "Market", "Postgres", "Store"]),
    Module(
        name: "Telemetry", path: "Shared/Telemetry", imports: ["Formats"],
        products: [(name: "Metrics", package: "swift-metrics"), (name: "CoreMetrics", package: "swift-metrics")]),

    // Runtime
    Module(name: "LambdaRuntime", path: "Runtime/LambdaRuntime", imports: ["Formats", "Threads"], products: [log]),
    Module(name: "LambdaEvents", path: "Runtime/LambdaEvents", imports: ["Formats"]),
    Module(name: "HTTPServer", path: "Runtime/HTTPServer", imports: ["Formats"], products: nio),
    Module(
        name: "Emulator", path: "Runtime/Emulator", imports: ["AWS", "Formats", "Hashing", "HTTP", "HTTPServer", "LambdaEvents"],
        products: [
            nio[0], nio[1], log, (name: "DequeModule", package: "swift-collections"), (name: "Yams", package: "Yams"),
            (name: "Subprocess", package: "swift-subprocess"),
        ],
        exclude: ["README.md"]),
    Module(name: "SampleMarket", path: "Runtime/SampleMarket", imports: ["Formats", "HTTPServer", "Market"], exclude: ["Data"]),
    Module(
        name: "Command", path: "Runtime/Command", kind: .executable,
        imports: ["Formats", "Emulator", "SampleMarket", "Backtest", "Kernels", "HTTP", "AWS"],
        products: [(name: "ArgumentParser", package: "swift-argument-parser"), log]),

    // Functions
    Module(
        name: "IngestFunction", path: "Functions/Ingest",
        imports: [
            "Formats", "Clients", "LambdaRuntime", "LambdaEvents", "Market", "Providers", "HTTP", "AWS", "Objects", "Postgres", "Store",
            "Telemetry",
        ],
        products: [log]),
    Module(
        name: "FeaturizeFunction", path: "Functions/Featurize",
        imports: [
            "Formats", "Clients", "LambdaRuntime", "LambdaEvents", "Market", "Providers", "Features", "Kernels", "HTTP", "AWS", "Objects",
            "Postgres",
            "Store",
            "Telemetry",
        ],
        products: [log]),
    Module(
        name: "TrainFunction", path: "Functions/Train",
        imports: [
            "Formats", "Clients", "LambdaRuntime", "Market", "Features", "Forecasting", "Backtest", "HTTP", "AWS", "Objects", "Postgres",
            "Store",
        ],
        products: [log]),
    Module(
        name: "PredictFunction", path: "Functions/Predict",
        imports: [
            "Formats", "Clients", "LambdaRuntime", "LambdaEvents", "Market", "Features", "Forecasting", "Backtest", "HTTP", "AWS",
            "Objects",
            "Postgres", "Store",
            "Telemetry",
        ],
        products: [log]),
    Module(
        name: "MonitorFunction", path: "Functions/Monitor",
        imports: ["Clients", "LambdaRuntime", "Market", "Features", "Forecasting", "HTTP", "AWS", "Postgres", "Store", "Telemetry"],
        products: [log]),
    Module(
        name: "DashboardFunction", path: "Functions/Dashboard",
        imports: [
            "Formats", "Hashing", "Clients", "LambdaRuntime", "LambdaEvents", "Market", "Providers", "Features", "Forecasting", "HTTP",
            "AWS",
            "Postgres", "Store",
        ],
        exclude: ["Page"]),
    Module(
        name: "AuthorizeFunction", path: "Functions/Authorize",
        imports: ["Formats", "Clients", "LambdaRuntime", "LambdaEvents", "HTTP", "AWS", "Postgres", "Store", "Telemetry"],
        products: [log]),
    Module(
        name: "MigrateFunction", path: "Functions/Migrate",
        imports: ["Formats", "Clients", "LambdaRuntime", "HTTP", "AWS", "Postgres", "Store"],
        products: [log]),
    Module(
        name: "Bootstrap", path: "Functions/Bootstrap", kind: .executable,
        imports: [
            "LambdaRuntime", "IngestFunction", "FeaturizeFunction", "TrainFunction", "PredictFunction", "MonitorFunction",
            "DashboardFunction", "AuthorizeFunction", "MigrateFunction",
        ],
        linking: bundled),

    // Tests
    Module(name: "TestSupport", path: "Tests/Support", imports: ["Postgres", "Store", "AWS", "HTTP"]),
    Module(name: "TestVectors", path: "Tests/Vectors"),
    Module(name: "FormatsTests", path: "Tests/FormatsTests", kind: .test, imports: ["Formats"]),
    Module(name: "HashingTests", path: "Tests/HashingTests", kind: .test, imports: ["Hashing"]),
    Module(name: "ThreadsTests", path: "Tests/ThreadsTests", kind: .test, imports: ["Threads"]),
    Module(name: "MarketTests", path: "Tests/MarketTests", kind: .test, imports: ["Formats", "Hashing", "Market", "TestVectors"]),
    Module(
        name: "ProvidersTests", path: "Tests/ProvidersTests", kind: .test,
        imports: ["Formats", "Hashing", "Providers", "Market", "TestVectors"]),
    Module(name: "FeaturesTests", path: "Tests/FeaturesTests", kind: .test, imports: ["Features", "Market", "TestVectors"]),
    Module(name: "KernelsTests", path: "Tests/KernelsTests", kind: .test, imports: ["Kernels"]),
    Module(name: "ForecastingTests", path: "Tests/ForecastingTests", kind: .test, imports: ["Forecasting", "Kernels", "Market"]),
    Module(
        name: "BacktestTests", path: "Tests/BacktestTests", kind: .test,
        imports: ["Hashing", "Backtest", "Market", "Features", "Forecasting", "TestVectors"]),
    Module(name: "HTTPTests", path: "Tests/HTTPTests", kind: .test, imports: ["HTTP", "TestSupport"]),
    Module(
        name: "HTTPServerTests", path: "Tests/HTTPServerTests", kind: .test, imports: ["HTTPServer"], products: [nio[0], nio[1]]),
    Module(name: "AWSTests", path: "Tests/AWSTests", kind: .test, imports: ["Formats", "AWS", "HTTP", "TestSupport", "TestVectors"]),
    Module(name: "ObjectsTests", path: "Tests/ObjectsTests", kind: .test, imports: ["Objects", "AWS", "HTTP", "Market", "TestSupport"]),
    Module(name: "PostgresTests", path: "Tests/PostgresTests", kind: .test, imports: ["Threads", "Postgres", "TestSupport"]),
    Module(
        name: "ClientsTests", path: "Tests/ClientsTests", kind: .test,
        imports: ["Clients", "AWS", "HTTP", "Market", "Postgres", "TestSupport"]),
    Module(name: "StoreTests", path: "Tests/StoreTests", kind: .test, imports: ["Store", "Postgres", "Market", "TestSupport"]),
    Module(
        name: "TelemetryTests", path: "Tests/TelemetryTests", kind: .test, imports: ["Telemetry"],
        products: [(name: "Metrics", package: "swift-metrics"), (name: "CoreMetrics", package: "swift-metrics")]),
    Module(
        name: "LambdaRuntimeTests", path: "Tests/LambdaRuntimeTests", kind: .test, imports: ["Threads", "LambdaRuntime"], products: [log]),
    Module(name: "LambdaEventsTests", path: "Tests/LambdaEventsTests", kind: .test, imports: ["Formats", "LambdaEvents", "TestVectors"]),
    Module(
        name: "EmulatorTests", path: "Tests/EmulatorTests", kind: .test,
        imports: [
            "AWS", "Formats", "Hashing", "HTTP", "Emulator", "HTTPServer", "LambdaEvents", "Providers", "TestSupport", "TestVectors",
        ],
        products: [log]),
    Module(name: "SampleMarketTests", path: "Tests/SampleMarketTests", kind: .test, imports: ["SampleMarket", "Market", "Providers"]),
    Module(
        name: "FeaturizeFunctionTests", path: "Tests/FeaturizeFunctionTests", kind: .test,
        imports: [
            "Clients", "FeaturizeFunction", "Features", "LambdaRuntime", "AWS", "Objects", "Store", "Postgres", "Market", "TestSupport",
        ]),
    Module(
        name: "IngestFunctionTests", path: "Tests/IngestFunctionTests", kind: .test,
        imports: [
            "Clients",
            "Formats", "IngestFunction", "FeaturizeFunction", "LambdaRuntime", "Market", "Postgres", "Providers", "Store", "TestSupport",
        ]),
    Module(
        name: "DashboardFunctionTests", path: "Tests/DashboardFunctionTests", kind: .test,
        imports: ["DashboardFunction", "LambdaRuntime", "LambdaEvents", "Market", "Postgres", "Store", "TestSupport"]),
    Module(
        name: "PredictFunctionTests", path: "Tests/PredictFunctionTests", kind: .test,
        imports: [
            "PredictFunction", "LambdaRuntime", "LambdaEvents", "Features", "Forecasting", "Market", "Postgres", "Store", "AWS",
            "TestSupport",
        ]),
    Module(
        name: "CommandTests", path: "Tests/CommandTests", kind: .test, imports: ["Command", "Emulator", "AWS", "HTTP", "TestSupport"],
        products: [(name: "ArgumentParser", package: "swift-argument-parser")]),
    Module(
        name: "AuthorizeFunctionTests", path: "Tests/AuthorizeFunctionTests", kind: .test,
        imports: ["AuthorizeFunction", "LambdaEvents", "LambdaRuntime", "AWS", "Store", "Postgres", "TestSupport"]),
    Module(
        name: "TrainFunctionTests", path: "Tests/TrainFunctionTests", kind: .test,
        imports: [
            "TrainFunction", "LambdaRuntime", "Forecasting", "Features", "Market", "Store", "Postgres", "Objects", "AWS", "HTTP",
            "TestSupport",
        ]),
    Module(
        name: "MonitorFunctionTests", path: "Tests/MonitorFunctionTests", kind: .test,
        imports: ["MonitorFunction", "LambdaRuntime", "Forecasting", "Features", "Market", "Store", "Postgres", "TestSupport"]),
    Module(name: "ManifestTests", path: "Tests/ManifestTests", kind: .test),
    Module(
        name: "FuzzTests", path: "Tests/FuzzTests", kind: .test,
        imports: [
            "Formats", "Hashing", "Market", "Providers", "Forecasting", "HTTP", "AWS", "LambdaRuntime", "LambdaEvents", "IngestFunction",
            "FeaturizeFunction", "TrainFunction", "PredictFunction", "MonitorFunction", "DashboardFunction", "MigrateFunction",
        ]),
    Module(
        name: "Acceptance", path: "Tests/Acceptance", kind: .test,
        imports: ["Hashing", "Emulator", "Store", "Postgres", "AWS", "HTTP", "Market", "TestSupport"]),
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
    targets: modules.map(\.target)
)
