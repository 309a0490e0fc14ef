# The workbook in a container, for who would rather not install Python:
#   docker build -t convnet-workbook .
#   docker run -p 8888:8888 -v convnet-answers:/home/learner/workbook/my convnet-workbook
# The second line keeps your answers in a volume. Open the address that it prints.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 1000 learner
USER learner
WORKDIR /home/learner/workbook
ENV PATH=/home/learner/.local/bin:$PATH PYTHONUNBUFFERED=1 \
    JUPYTER_CONFIG_PATH=/home/learner/workbook/workbook/jupyter

COPY --chown=learner requirements.txt ./
RUN pip install --user --no-cache-dir -r requirements.txt
COPY --chown=learner . .
RUN pip install --user --no-cache-dir --no-deps --no-build-isolation -e . \
    && mkdir -p my && python -m workbook prepare --pictures

EXPOSE 8888
CMD ["sh", "-c", "python -m workbook mine && exec python -m jupyterlab --ip=0.0.0.0 --no-browser --ServerApp.root_dir=/home/learner/workbook --LabApp.default_url=/lab/tree/$(python -m workbook mine --next)"]
