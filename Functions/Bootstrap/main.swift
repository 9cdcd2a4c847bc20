import AuthorizeFunction
import DashboardFunction
import FeaturizeFunction
import IngestFunction
import LambdaRuntime
import MigrateFunction
import MonitorFunction
import PredictFunction
import TrainFunction

Runtime.main([
    "Authorize": Authorize.self,
    "Dashboard": Dashboard.self,
    "Featurize": Featurize.self,
    "Ingest": Ingest.self,
    "Migrate": Migrate.self,
    "Monitor": Monitor.self,
    "Predict": Predict.self,
    "Train": Train.self,
])
