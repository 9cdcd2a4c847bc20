/// Who may import whom, as documented in the README: the arrows that the manifest may not go beyond.
enum ArchitectureTable {
    static let shared: Set<String> = [
        "Market", "Providers", "Features", "Kernels", "Forecasting", "Backtest", "HTTP", "AWS", "Objects", "Postgres", "Store", "Telemetry",
    ]

    /// Room → rooms and package products it may import.
    static let allowed: [String: Set<String>] = [
        "CCurl": [], "COpenSSL": [], "CPostgres": [],
        "Market": [],
        "Providers": ["Market"],
        "Features": ["Market"],
        "Kernels": [],
        "Forecasting": ["Kernels", "Market"],
        "Backtest": ["Market", "Providers", "Features", "Forecasting"],
        "HTTP": ["CCurl"],
        "AWS": ["HTTP", "COpenSSL"],
        "Objects": ["AWS", "Market"],
        "Postgres": ["CPostgres"],
        "Store": ["Postgres", "Market"],
        "Telemetry": ["Metrics", "CoreMetrics"],
        "LambdaRuntime": ["Logging"],
        "LambdaEvents": [],
        "HTTPServer": ["NIOCore", "NIOPosix", "NIOHTTP1"],
        "Emulator": ["HTTP", "HTTPServer", "LambdaEvents", "NIOCore", "NIOPosix", "Logging", "DequeModule", "Yams", "Subprocess"],
        "SampleMarket": ["HTTPServer", "Market"],
        "Command": ["Emulator", "SampleMarket", "Backtest", "Kernels", "HTTP", "AWS", "ArgumentParser", "Logging"],
        "TestSupport": ["Postgres", "Store", "AWS", "HTTP"],
        "TestVectors": [],
    ]

    /// Functions may use everything shared and the Lambda rooms, never each other.
    static let allowedForFunctions: Set<String> = shared.union(["LambdaRuntime", "LambdaEvents", "Logging"])
}
