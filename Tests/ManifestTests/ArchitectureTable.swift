/// Who may import whom, as documented in the README: the arrows that the manifest may not go beyond.
enum ArchitectureTable {
    static let shared: Set<String> = [
        "Market", "Providers", "Features", "Kernels", "Forecasting", "Backtest", "HTTP", "AWS", "Objects", "Postgres", "Store", "Clients",
        "Telemetry",
        "Formats", "Hashing", "Threads",
    ]

    /// Module → modules and package products it may import.
    static let allowed: [String: Set<String>] = [
        "CCurl": [], "COpenSSL": [], "CPostgres": [],
        "Formats": [], "Hashing": [], "Threads": [],
        "Market": ["Formats"],
        "Providers": ["Formats", "Market"],
        "Features": ["Market"],
        "Kernels": [],
        "Forecasting": ["Formats", "Hashing", "Kernels", "Market"],
        "Backtest": ["Formats", "Market", "Providers", "Features", "Forecasting"],
        "HTTP": ["Formats", "Threads", "CCurl"],
        "AWS": ["Formats", "HTTP", "COpenSSL"],
        "Objects": ["Formats", "AWS", "Market"],
        "Postgres": ["Threads", "CPostgres"],
        "Store": ["Hashing", "Postgres", "Market"],
        "Clients": ["AWS", "HTTP", "Market", "Postgres", "Store"],
        "Telemetry": ["Formats", "Metrics", "CoreMetrics"],
        "LambdaRuntime": ["Formats", "Threads", "Logging"],
        "LambdaEvents": ["Formats"],
        "HTTPServer": ["Formats", "NIOCore", "NIOPosix", "NIOHTTP1"],
        "Emulator": [
            "AWS", "Formats", "Hashing", "HTTP", "HTTPServer", "LambdaEvents", "NIOCore", "NIOPosix", "Logging", "DequeModule", "Yams",
            "Subprocess",
        ],
        "SampleMarket": ["Formats", "HTTPServer", "Market"],
        "Command": ["Formats", "Emulator", "SampleMarket", "Backtest", "Kernels", "HTTP", "AWS", "ArgumentParser", "Logging"],
        "TestSupport": ["Postgres", "Store", "AWS", "HTTP"],
        "TestVectors": [],
    ]

    /// Functions may use everything shared and the Lambda modules, never each other.
    static let allowedForFunctions: Set<String> = shared.union(["LambdaRuntime", "LambdaEvents", "Logging"])
}
